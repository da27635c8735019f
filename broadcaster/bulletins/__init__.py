"""What is said: a script, its spoken words, its sound, and who approved exactly these."""
