"""The doctor: the first thing in a port that differs from PyTorch, and why.

`diagnose` runs both programs in float64. It writes down every function of torch that is called,
with what goes in and what comes out, and looks for the numbers among the values of the JAX program.
At the first that is not there it makes the call in other ways, as faulty ports do, until it has the
JAX program's numbers; and then lets the whole PyTorch program go on with them, to see that nothing
else is wrong. Gradients, running statistics and optimizers are tried likewise.
"""

from jaxdl.parity.doctor.diagnose import diagnose
from jaxdl.parity.doctor.diagnosis import Diagnosis

__all__ = ["Diagnosis", "diagnose"]
