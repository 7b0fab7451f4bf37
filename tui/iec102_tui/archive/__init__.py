"""The archive of load profiles: what has been downloaded, from every meter."""
