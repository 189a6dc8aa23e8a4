"""Music with known causes and listeners who hear them: what a model of sound can be measured by.

All of it is simulated. It shows whether the parts find what is there to be found, not how well they
do on real music or for a real person.
"""
