def build(*a):
    raise SystemExit
