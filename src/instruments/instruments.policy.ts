/** Instruments are reference data of the service: keys, points and bands, about nobody. */
import { Instrument } from './instrument.entity.js';
import { Policy } from '../records/policy.js';

export const policy = new Policy();

policy.declareSubject(Instrument, 'Instrument', {
  allowRules: [
    {
      name: 'acts-somewhere',
      sentence: 'whose agency acts in any partnership',
      actions: ['read'],
      where: (actor) => (actor.partnershipIds.length ? {} : null),
    },
  ],
});

policy.declareWording(Instrument, 'Working a case', 'risk instrument');
