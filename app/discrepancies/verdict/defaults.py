"""What is assumed where nothing is known: each number with its reason."""

from dataclasses import dataclass, replace

from app.discrepancies.verdict.inputs import Line, Package, Reading

POUND_G = 453.59237
LEAST_SD_G = 0.1
"""No given spread counts as less: nothing is weighed without error."""


@dataclass(frozen=True, slots=True)
class Assumptions:
    """The numbers of the model. Shares are of the weight they belong to; `_g` is grams."""

    reported_prior: float = 0.5
    """A shortage was reported: the report and the paper that contradicts it weigh the same."""
    unreported_prior: float = 0.01
    """Nobody complained: about one order in a hundred is picked short in an ordinary warehouse."""
    never_packed_share: float = 0.5
    """Of what is missing: no figure was found; half and half favours neither vendor nor carrier."""
    reported_set_share: float = 0.8
    """Who reports a shortage mostly counts right, but a line is easily mistaken for another."""
    two_lines_factor: float = 0.25
    """Two lines short at once is rarer than one; k units of a line are 1/k^2 as likely as one."""

    catalogue_bias_share: float = 0.03
    """Catalogue weights are rounded, with or without manual and tray: 3 %, so 5 % is no wonder."""
    spread_share: float = 0.01
    """Units of one product differ by labels, cables, firmware of the packer: 1 %."""
    least_unit_sd_g: float = 2.0
    """Nor is any unit known better than two grams."""
    tare_share: float = 0.05
    """Unknown tare: 5 % of the contents, the margin large forwarders allow for packaging ..."""
    least_tare_g: float = 100.0
    """... and no less than 100 g, a small carton."""
    unknown_tare_sd_share: float = 1.0
    """Such a guess may be off by as much as itself."""
    tare_sd_share: float = 0.15
    """A known tare: filling and tape differ from box to box."""
    least_tare_sd_g: float = 15.0
    """A strip of tape and a handful of paper."""

    resolution_g: float = POUND_G
    """Unknown step: a pound, the coarsest in ordinary use, so that nothing is read into digits."""
    least_scale_sd_g: float = 5.0
    """Bias and noise of a scale: half a step each (legal limits of class III are 0.5 to 1.5 steps
    when verified, twice that in service), at least 5 g ..."""
    most_scale_sd_g: float = 50.0
    """... at most 50 g: a coarser step is the carrier's rounding of a finer scale."""

    gross_probability: float = 0.02
    """A reading that is of another parcel, in another unit, with a hand on the scale."""
    gross_scale_share: float = 0.2
    """How far a gross reading lies from the papers' weight: a Cauchy tail of this scale ..."""
    least_gross_scale_g: float = 200.0
    """... and at least this."""
    echo_probability: float = 0.9
    """A carrier's reported weight mostly repeats what the label was bought with; only what differs
    was weighed. Nobody publishes how often: so sure that one equal to it moves nothing."""
    unknown_echo_share: float = 0.05
    """It repeats a declaration that we were not told: near the papers' weight, by this share ..."""
    least_unknown_echo_g: float = 50.0
    """... and at least this."""

    threshold: float = 20.0
    """Odds to decide at: what the weights say must be wrong less than once in twenty."""
    least_push: float = 3.0
    """The readings must point the same way by this: a prior alone decides nothing."""

    fresh_sd_g: float = 5.0
    """How well the box or a unit would be weighed if somebody did it now: any kitchen scale."""
    record_sd_g: float = 15.0
    """How well an unrounded record of the carrier's own scale would tell the package's weight."""
    log_truth: float = 0.95
    """How often a vendor's pack log tells what was packed: it is written by who is in question."""


DEFAULTS = Assumptions()


def filled_line(line: Line, given: Assumptions) -> Line:
    """Give the line with no spread unset. A line without a weight stays without."""
    if line.unit_weight_g is None:
        return line
    bias = line.catalogue_bias_g or max(
        given.catalogue_bias_share * line.unit_weight_g, given.least_unit_sd_g
    )
    spread = line.spread_g or max(given.spread_share * line.unit_weight_g, given.least_unit_sd_g)
    return replace(line, catalogue_bias_g=max(bias, LEAST_SD_G), spread_g=max(spread, LEAST_SD_G))


def tare_of(package: Package, contents_g: float, given: Assumptions) -> tuple[float, float]:
    """Give the tare and its standard deviation, both as assumed where not known."""
    if package.tare_g is None:
        tare = max(given.tare_share * contents_g, given.least_tare_g)
        return tare, max(package.tare_sd_g or given.unknown_tare_sd_share * tare, LEAST_SD_G)
    spread = package.tare_sd_g or max(given.tare_sd_share * package.tare_g, given.least_tare_sd_g)
    return package.tare_g, max(spread, LEAST_SD_G)


def filled_reading(reading: Reading, given: Assumptions) -> Reading:
    """Give the reading with its step, its scale's bias and its noise as assumed where unset."""
    step = reading.resolution_g or given.resolution_g
    usual = min(max(step / 2, given.least_scale_sd_g), given.most_scale_sd_g)
    return replace(
        reading,
        resolution_g=step,
        scale_bias_g=max(reading.scale_bias_g or usual, LEAST_SD_G),
        noise_g=max(reading.noise_g or usual, LEAST_SD_G),
    )
