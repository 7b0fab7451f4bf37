"""What runs beside the screen: the thread of a meter, background work, and the files that its news go to."""
