"""``python -m feedpub``: the command line."""

from feedpub.cli.app import main

if __name__ == "__main__":
    main()
