"""Does a release work? It is opened in a browser, and what it calls is compared with what the running API serves."""
