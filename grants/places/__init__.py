"""Places of the country: region, cercle, arrondissement, commune, each known by its official hierarchical code."""
