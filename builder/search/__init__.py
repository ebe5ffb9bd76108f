"""Search: the meaning of words, and the engine that ranks the servers of an index.

The index is made by builder/pages/search; site/assets/search/engine.js is the same engine in JavaScript,
for the browser and the worker. Both count in whole numbers, so that they give the same order.
"""
