import { Agency } from '../../agencies/agency.entity.js';
import { view } from '../../records/view.js';

/** An agency that a document names. */
export class NamedAgencyView extends view(Agency, 'id', 'name') {}
