"""Getting back what a group was paid and did not justify: claims, instalments, reminders, write-offs by a committee."""
