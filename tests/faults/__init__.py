"""What must not happen when something breaks: real workers and servers, killed, stopped and started again."""
