//! Of my own: my_app, and my_apple.
