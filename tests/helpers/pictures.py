"""What is drawn in a picture."""


def texts(picture):
    """Letters inside the axes and beside their rows."""
    return [
        text.get_text()
        for axis in picture.figure.axes
        for text in [*axis.texts, *axis.get_yticklabels()]
    ]
