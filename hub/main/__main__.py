"""`python -m hub.main`, for where no `hub` script is installed."""

import sys

from hub.main import main

sys.exit(main())
