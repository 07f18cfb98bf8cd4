"""The paper's recipe on either side: what becomes of an image, of a gradient, of a trained net."""
