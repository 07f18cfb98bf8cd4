"""Faults that are not planted, and why not."""

LEFT_OUT: dict[str, str] = {
    "T34": "what is left of an epoch's batches is stepped with or not by the loop round the step; "
    "the doctor is given the step",
    "T57": "a dropout key that is the same at every call shows in two calls, the doctor makes one",
    "T58": "needs two devices",
    "T59": "a fault of the loader's workers: neither model nor training step has it",
    "T70": "the evaluation loop's own choice of params; the doctor calls loss and apply itself",
    "T71": "the same fault as B6: dropout in evaluation",
    "T73": "a metric over batches, in the evaluation loop",
    "T74": "what is logged, in the evaluation loop",
    "T75": "an average of the weights besides the training step, in the loop",
    "T77": "an average of the weights besides the training step, in the loop",
    "T81": "when a target network is renewed: the loop's choice",
    "T93": "the default precision of a GPU's products; the doctor runs in float64 on what there is",
    "T101": "needs two devices; on one it is a factor of the gradient, which T47 has",
    "T102": "a donated buffer is an error of the run, not another number",
    "R13": "dropout behind the last layer shows in training alone, where the two programs draw "
    "other numbers",
    "T53": "initial values; the doctor gives the port PyTorch's numbers",
    "T54": "initial values, likewise",
    "T55": "initial values, likewise",
    "T66": "needs two devices",
    "T67": "needs two devices",
    "T105": "what the loader does to an image before either model sees it; both get one batch",
    "T106": "what the loader does to an image, likewise",
}
