"""The bridge to the recommender's process."""
