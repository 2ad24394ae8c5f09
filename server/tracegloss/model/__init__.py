"""The frozen values every layer speaks in: traces, sites, steps, resolutions, findings."""
