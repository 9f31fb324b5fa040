"""Grading: a standard nbgrader course around the exercises, in the learners' language."""

from kit.grading.course import archive_folder, handed_in_name, make_course, open_course

__all__ = ["archive_folder", "handed_in_name", "make_course", "open_course"]
