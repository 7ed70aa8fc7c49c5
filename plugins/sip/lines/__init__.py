"""One call as the hub has it: who is on it, who hears whom, and what is said to those who wait."""
