"""Re-ranking: from scored candidates to the rows of the list, each rule a small function.

Hard rules say which songs may be shown (`rules`), soft ones move scores by some nats (`leanings`),
and `order` puts the rows one after another. All arrays run over a pool of candidates.
"""
