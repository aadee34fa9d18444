/** Instruments are reference data of the service: keys, points and bands, about nobody. */
import '../agencies/agencies.policy.js';
import { declareSubject } from '../authorization/subjects.js';
import { declareWording } from '../authorization/wording.js';
import { Instrument } from './instrument.entity.js';

declareSubject(Instrument, 'Instrument', {
  allowRules: [
    {
      name: 'acts-somewhere',
      sentence: 'whose agency acts in any partnership',
      actions: ['read'],
      where: (actor) => (actor.partnershipIds.length ? {} : null),
    },
  ],
});

declareWording(Instrument, 'Working a case', 'risk instrument');
