"""What whoever runs Redraft asks it, without a key: whether it lives, whether it can work, and its figures."""
