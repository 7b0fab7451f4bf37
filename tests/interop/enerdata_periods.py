"""Prints the tariff period of each hour of a year as enerdata has it, as JSON: enerdata_periods.py TARIFF YEAR

Run by an interpreter that has enerdata, never imported by the tests.
"""

import json
import sys
from datetime import datetime, timedelta

from enerdata.contracts.tariff import get_tariff_by_code

tariff, year = get_tariff_by_code(sys.argv[1])(), int(sys.argv[2])
first, last = datetime(year, 1, 1), datetime(year + 1, 1, 1)
hours = (last - first) // timedelta(hours=1)
print(json.dumps([tariff.get_period_by_date(first + timedelta(hours=hour)).code for hour in range(hours)]))
