"""Who may be written to: STOP and START, with the evidence, and hours in which automatic texts rest."""
