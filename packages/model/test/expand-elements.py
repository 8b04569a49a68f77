"""Answers, with upstream's own resolver, many requests in one process.

Reads {"path": ELEMENTS_PATH, "requests": [[name, ...], ...]} as JSON; writes a list with, for each request, the sorted
names of the elements, or the name of the exception.
"""
import json
import logging
import sys

from diskimage_builder import element_dependencies

logging.disable(logging.CRITICAL)
question = json.load(sys.stdin)
elements = element_dependencies._find_all_elements(question["path"])
answers = []
for request in question["requests"]:
    try:
        found = element_dependencies._expand_element_dependencies(request, elements)
        answers.append(sorted(element.name for element in found))
    except Exception as error:
        answers.append(type(error).__name__)
json.dump(answers, sys.stdout)
