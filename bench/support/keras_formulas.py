"""Constants of the layers and one step of Adam, as in Keras, where PyTorch differs."""

EPSILON = 1e-3
MOMENTUM = 0.99
SLOPE = 0.3


def adam_step(value, m, v, gradient, t, learning_rate, beta1=0.9, beta2=0.999, epsilon=1e-7):
    """Keras's Adam; all scalars are float64, whatever the tensors are."""
    rate = learning_rate * (1 - beta2**t) ** 0.5 / (1 - beta1**t)
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient * gradient
    return value - rate * m / (v.sqrt() + epsilon), m, v
