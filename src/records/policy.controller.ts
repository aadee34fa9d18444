import { Body, Controller, Get, Headers, HttpCode, Post } from '@nestjs/common';
import { ApiExtension, ApiOkResponse, ApiProduces } from '@nestjs/swagger';
import type { Actor } from '../policy/actor.js';
import { By, SignedIn } from '../policy/guard.js';
import { routeConfig } from '../policy/route-config.js';
import { ExplanationRequest } from './explanation.requests.js';
import { ExplanationsService } from './explanations.service.js';
import { explanationSchema, matrixSchema } from './policy.schemas.js';
import type { Presented } from './presented.js';

@Controller('v1/policy')
export class PolicyController {
  constructor(private readonly explanations: ExplanationsService) {}

  /** The policy as a page: who may do what, and as what each field counts (JSON, or text with Accept: text/plain) */
  @Get('matrix')
  @SignedIn('the rules are no secret, and hold no record')
  @ApiProduces('application/json', 'text/plain')
  @ApiOkResponse({ schema: matrixSchema })
  @ApiExtension('x-answers', 'document')
  matrix(@Headers('accept') accept?: string): Presented {
    return this.explanations.matrix(accept?.startsWith('text/plain') ?? false);
  }

  /** Why you, or somebody else, may or may not: the steps of the decision about one record that you may read or explain */
  @Post('explanations')
  @HttpCode(200)
  @SignedIn('it answers only about records that the asker may read or explain')
  @routeConfig({ isReading: true })
  @ApiOkResponse({ schema: explanationSchema })
  @ApiExtension('x-answers', 'document')
  explain(@By() actor: Actor, @Body() body: ExplanationRequest): Promise<Presented> {
    return this.explanations.explain(actor, body);
  }
}
