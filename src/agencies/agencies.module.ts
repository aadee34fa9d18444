import { Global, Module } from '@nestjs/common';
import { PassportModule } from '@nestjs/passport';
import { Actors } from '../authentication/actor.js';
import { ActorsOfAgencies } from './actors.js';
import { AgenciesController } from './agencies.controller.js';
import { AgenciesService } from './agencies.service.js';
import { Departures } from './departures.js';
import { NamesController } from './names.controller.js';
import { NamesService } from './names.service.js';
import { SignIn } from './sign-in.js';

@Global()
@Module({
  imports: [PassportModule],
  controllers: [AgenciesController, NamesController],
  providers: [AgenciesService, NamesService, Departures, SignIn, { provide: Actors, useClass: ActorsOfAgencies }],
  exports: [Actors, Departures],
})
export class AgenciesModule {}
