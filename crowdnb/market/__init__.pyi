from . import epoch as epoch
from . import inequality as inequality
from . import matching as matching
from . import parameters as parameters
from . import privacy as privacy
from . import relaxation as relaxation
from . import scenes as scenes
from . import simulation as simulation
