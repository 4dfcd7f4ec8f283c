"""Complaints: lodged by anybody, handled in time, sealed where they are sensitive."""
