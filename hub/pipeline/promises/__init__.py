"""What somebody is owed: to be called back, to be answered, to have their message heard."""
