"""Writing one post: a video, a slideshow or a draft, or an update of any post."""
