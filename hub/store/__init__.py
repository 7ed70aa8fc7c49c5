"""The site's memory: tables, units of work, event log, timers, search; one face over SQLite and PostgreSQL."""
