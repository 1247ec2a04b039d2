"""What every chart is made of: SVG elements, scales, ticks, thinned lines, axes, a readout."""
