"""The HTTP face of the hub: typed routes and their OpenAPI, the stream, webhooks, and the inbox's files."""
