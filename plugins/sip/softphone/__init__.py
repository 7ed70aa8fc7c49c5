"""An agent's browser as a telephone. `desk` speaks with the pages and `agent` is what one of them has; towards the
lines it is a phone that rings (`ringer`, `web_call`); `gateway` carries its audio, and in a process of its own
`process`, `phone` and `browser` do (decision 0020)."""
