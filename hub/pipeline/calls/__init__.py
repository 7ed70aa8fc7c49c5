"""What an agent does with a call, and how the record of it becomes who hears whom."""
