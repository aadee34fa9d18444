/** Texts of minutes by the kind of item, for stories without text of their own. */
export const REASONS_HEARD: Record<string, string> = {
  new: 'Listed because one agency alone could not resolve it.',
  review: 'Listed because its review was due.',
  closure: 'Listed because the aims of the plan seem to be met.',
};

export const VOICE = 'Asked by the worker who knows them best: wants it to stop, and not to be called at work.';
export const RISK_FACTORS = 'It happens in the evening and at weekends; two agencies found the door open again.';
export const PROTECTIVE_FACTORS = 'Answers the telephone to one worker; a relative nearby; keeps appointments.';
export const DISAGREEMENT =
  'One agency held that the risk is lower than was agreed, and asked that this be written down.';

/** Contributions that are repeated in the minutes of one item, at most. */
export const REPEATED = 2;
