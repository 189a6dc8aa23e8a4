"""How those who choose songs are judged: in simulators, from logs, and as recorded sessions say."""
