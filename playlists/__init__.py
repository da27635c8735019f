"""What is heard: a script becomes spoken words, speech, and one mastered audio file."""
