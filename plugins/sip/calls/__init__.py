"""One leg of a call: its dialog, its offers and answers, and what may happen inside it."""
