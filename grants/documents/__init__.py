"""Stored files, checks on upload, typesetting of PDF documents, and their public verification."""
