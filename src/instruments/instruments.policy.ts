/** Instruments are reference data of the service: keys, points and bands, about nobody. */
import '../agencies/agencies.policy.js';
import { declareSubject } from '../policy/subjects.js';
import { declareWords } from '../policy/wording.js';
import { Instrument } from './instrument.entity.js';

declareSubject(Instrument, 'Instrument', {
  grounds: [
    {
      name: 'acts-somewhere',
      sentence: 'whose agency acts in any partnership',
      actions: ['read'],
      where: (actor) => (actor.partnershipIds.length ? {} : null),
    },
  ],
});

declareWords(Instrument, 'Working a case', 'risk instrument');
