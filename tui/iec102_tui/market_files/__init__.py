"""Load profiles in the files that the Spanish metering sector exchanges: SIMEL files and the consumers' CSV.

All of them have local time at the END of the interval, so that the doubled hour of autumn is two lines that ``season``
tells apart. A+ is ``ai``, A- is ``ae`` (here AE is *saliente*, exported). Sources: the headers and the writer of
`mesures` 3.11.0 (BSD-3) and the CSV files that consumers get from the CNMC, Datadis, e-distribucion and i-DE.
"""
